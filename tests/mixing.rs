//! Samples of two latents: style mixing, and the motion of one film with the content of another.

use crate::common::driving::*;
use ganvas::data::{DatasetKind, View};
use ganvas::gan::GameKind;
use ganvas::recipe::{Architecture, Recipe};
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event, Mixing, SampleRequest, Second};

#[test]
fn a_second_latent_decides_the_styles_from_a_layer_on_or_the_motion() {
    let (one, other) = (vec![1.0, -0.5, 0.3, 0.8], vec![-0.7, 0.9, 1.2, -1.1]);
    let styled = |recipe: &mut Recipe| {
        recipe.generator.network = Architecture::StyleGan2;
        recipe.latent = 4;
    };
    let film = |recipe: &mut Recipe| {
        (recipe.game, recipe.view) = (GameKind::Film, View::Moving);
        recipe.generator.network = Architecture::MocoGan;
        (recipe.latent, recipe.conditional) = (12, false);
    };
    let plain = |recipe: &mut Recipe| recipe.latent = 4;
    let run = |change: &dyn Fn(&mut Recipe)| {
        let mut session = open();
        let mut recipe = tiny(DatasetKind::Drawn);
        change(&mut recipe);
        let events = send(&mut session, vec![Command::Load { recipe }]);
        let mixing = events.into_iter().find_map(|event| match event {
            Event::Loaded { mixing, .. } => Some(mixing),
            _ => None,
        });
        (session, mixing.expect("loaded"))
    };
    let ask = |session: &mut Session, latents: &[f32], second: Option<(&[f32], usize)>| {
        let second = second.map(|(latents, from)| Second { latents: latents.to_vec(), from });
        let latents = Some(latents.to_vec());
        let labels = Some(vec![3]);
        let request =
            SampleRequest { count: 1, latents, labels, second, ..SampleRequest::default() };
        let events = send(session, vec![Command::Sample { id: 7, request }]);
        match events.last() {
            Some(Event::Sampled { pictures, .. }) => Ok(pictures.pixels.clone()),
            _ => Err(failures(&events).join(" ")),
        }
    };

    let (mut session, mixing) = run(&styled);
    let Some(Mixing::Styles { sides }) = mixing else { panic!("{mixing:?}") };
    let layers = sides.len();
    let mut of = |second| ask(&mut session, &one, second);
    let alone = of(None);
    assert!(alone.is_ok());
    assert_eq!(of(Some((&other, layers))), alone, "no layer is the second one's");
    assert_eq!(of(Some((&one, 3))), alone, "mixed with itself it is as it was");
    let (whole, mixed) = (of(Some((&other, 0))), of(Some((&other, 3))));
    assert!(mixed != alone && mixed != whole);
    assert_eq!(of(Some((&other, layers + 1))), Err("bad-command".into()));
    assert_eq!(of(Some((&one[..2], 1))), Err("bad-command".into()));
    assert_eq!(of(Some((&[f32::NAN; 4], 1))), Err("bad-command".into()));
    assert_eq!(ask(&mut session, &other, None), whole);

    // Four numbers of content, then eight of motion.
    let (mut session, mixing) = run(&film);
    assert_eq!(mixing, Some(Mixing::Motion));
    let ends = |content: f32, motion: f32| [[content; 4].to_vec(), vec![motion; 8]].concat();
    let mixed = ask(&mut session, &ends(0.5, 1.0), Some((&ends(-0.5, -1.0), 0)));
    assert!(mixed.is_ok());
    assert_eq!(mixed, ask(&mut session, &ends(0.5, -1.0), None));

    let (mut session, mixing) = run(&plain);
    assert_eq!(mixing, None);
    assert_eq!(ask(&mut session, &one, Some((&other, 1))), Err("bad-command".into()));
}
